/** TLS towards engines: authorities, certificates and keys out of the vault. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.forward.tls;

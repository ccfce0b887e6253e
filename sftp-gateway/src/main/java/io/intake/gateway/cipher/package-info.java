/** SSH ciphers that MINA has too, but slower. */
@org.jspecify.annotations.NullMarked
package io.intake.gateway.cipher;

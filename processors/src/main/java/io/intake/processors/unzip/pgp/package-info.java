/** OpenPGP messages: decrypted, their integrity and their signatures verified. Nothing here stores or logs. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.unzip.pgp;

/** Encrypted zip entries: the traditional encryption of PKWARE and the AES of WinZip. Nothing here reads, logs or stores. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.unzip.crypt;

/**
 * Raw DEFLATE (RFC 1951) whose decoder can be saved between any two output bytes and go on in another process, reading only
 * what is left of the input. {@code java.util.zip.Inflater} can do neither. Pure: no I/O, no clock, no threads.
 */
@org.jspecify.annotations.NullMarked
package io.intake.processors.unzip.inflate;

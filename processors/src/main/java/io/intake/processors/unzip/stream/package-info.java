/** Files that are read from front to back: plain ones, compressed ones, and tars of either kind. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.unzip.stream;

/** What partners are told about their files, in their {@code /outbound/receipts}. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.receipt;

/** What engines that get whole objects have in common: what things are called there, and what lists them. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.forward.handover;

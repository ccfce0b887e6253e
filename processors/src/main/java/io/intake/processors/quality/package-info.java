/** What a feed asks of its rows, and where those go that are not as agreed. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.quality;

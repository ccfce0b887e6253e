/** Files of a feed one after another, in the order of their uploads. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.order;

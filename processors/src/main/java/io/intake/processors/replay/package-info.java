/** Working on a file again, because an operator wants it: by a new job, with what the former one made where that is of use. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.replay;

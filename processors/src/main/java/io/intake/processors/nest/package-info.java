/** Archives within archives: each becomes an object and is planned and extracted by tasks of its own, level by level. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.nest;

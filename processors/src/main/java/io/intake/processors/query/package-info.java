/**
 * What people ask about files: answered from the state in the bucket alone, with requests that are counted and memory that
 * does not grow with the number of files. Nothing here writes.
 */
@org.jspecify.annotations.NullMarked
package io.intake.processors.query;

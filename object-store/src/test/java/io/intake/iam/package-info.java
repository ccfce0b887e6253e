/** What the functions and the gateway may do with the bucket once deployed, held against what they do in tests. */
@org.jspecify.annotations.NullMarked
package io.intake.iam;

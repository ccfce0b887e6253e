/**
 * Partners, feeds, engines and the pager as engineers write them in {@code partners.yml} (DESIGN section 6). Pure: reading
 * the file is the caller's.
 */
@org.jspecify.annotations.NullMarked
package io.intake.config;

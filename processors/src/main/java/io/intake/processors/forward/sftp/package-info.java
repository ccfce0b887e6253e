/** Uploads whole objects to other SFTP servers. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.forward.sftp;

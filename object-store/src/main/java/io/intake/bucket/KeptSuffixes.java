package io.intake.bucket;

import java.util.Locale;
import java.util.Set;

/**
 * The suffixes that an encrypted name keeps in the clear, so that rules on suffixes ({@code *.zip}) still work and an
 * operator can tell a receipt from an archive. Only these: what stands behind a name's last dot can be a name itself
 * ({@code Smith.John}, {@code scan.4711}).
 *
 * <p>The set is part of the form of the keys: with another set the keys of files that are stored already would no longer be
 * found. A change needs a new form, told by the segment in front, and {@code rekey}.
 */
final class KeptSuffixes {
    private static final Set<String> KEPT = Set.of(
            // tables and text
            ".csv",
            ".tsv",
            ".psv",
            ".txt",
            ".dat",
            ".json",
            ".ndjson",
            ".jsonl",
            ".xml",
            ".hl7",
            ".ccd",
            ".cda",
            ".edi",
            ".x12",
            ".fhir",
            ".xls",
            ".xlsx",
            ".parquet",
            ".pdf",
            ".rtf",
            ".doc",
            ".docx",
            ".html",
            // images
            ".dcm",
            ".png",
            ".jpg",
            ".jpeg",
            ".tif",
            ".tiff",
            // containers and encryption
            ".zip",
            ".gz",
            ".tgz",
            ".tar",
            ".bz2",
            ".xz",
            ".zst",
            ".7z",
            ".pgp",
            ".gpg",
            ".asc",
            ".sig",
            // marks and checksums
            ".done",
            ".ok",
            ".ctl",
            ".trg",
            ".fin",
            ".flag",
            ".md5",
            ".sha1",
            ".sha256",
            ".log",
            // names of files that are still written
            ".filepart",
            ".part",
            ".tmp",
            ".partial");

    private KeptSuffixes() {}

    /** The last suffix with its dot, in lower case; empty if it is not kept. */
    static String of(String name) {
        int dot = name.lastIndexOf('.');
        String suffix = dot <= 0 ? "" : name.substring(dot).toLowerCase(Locale.ROOT);
        return KEPT.contains(suffix) ? suffix : "";
    }
}

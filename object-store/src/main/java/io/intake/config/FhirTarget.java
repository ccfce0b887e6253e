package io.intake.config;

import java.net.URI;

/**
 * A FHIR R4 server, which takes a batch as one transaction.
 *
 * @param url its base
 * @param access how we say who we are
 * @param identifierSystem the system of the identifier that each resource gets so that it is not made twice
 * @param gzip whether bodies are compressed
 * @param maxBytes the longest body that it takes, before it is compressed
 */
public record FhirTarget(URI url, HttpAccess access, URI identifierSystem, boolean gzip, long maxBytes)
        implements Target {
    @Override
    public boolean dropsRepeats() {
        return true;
    }

    /** Without address and access, which may be secrets. */
    @Override
    public String toString() {
        return "FhirTarget[]";
    }
}

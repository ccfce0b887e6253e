package io.intake.processors.unzip.stream;

import java.io.IOException;

/** What was packed asks for more memory to be unpacked than a function may give: a dictionary, chosen by who packed it. */
public final class MemoryNeededException extends IOException {
    private static final long serialVersionUID = 1L;

    MemoryNeededException() {
        super("a dictionary of more than " + Decoders.MAX_DICTIONARY_BYTES + " bytes is needed");
    }
}

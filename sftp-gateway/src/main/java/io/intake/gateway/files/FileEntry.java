package io.intake.gateway.files;

import io.intake.gateway.protocol.FileAttributes;

/** A file or folder in a listing. */
public record FileEntry(String name, FileAttributes attributes) {}

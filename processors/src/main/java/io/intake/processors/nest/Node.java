package io.intake.processors.nest;

/**
 * An archive of a tree: the upload, or an entry of another archive.
 *
 * @param number from 0, which is the upload
 * @param parent the archive that it is in; -1 for the upload
 * @param entry its number in the plan of that one
 * @param depth 0 for the upload
 */
record Node(int number, int parent, int entry, int depth) {
    static final Node UPLOAD = new Node(0, -1, 0, 0);
}

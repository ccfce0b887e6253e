package io.intake.gateway.files;

import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import io.intake.bucket.PartnerPath;
import io.intake.gateway.protocol.SftpException;

/** Where a client's path leads. */
sealed interface Location {

    /** The root, which holds the two areas and nothing else. */
    record Root() implements Location {}

    /** An area or something below it. */
    record Inside(Place place) implements Location {
        boolean isArea() {
            return place.path().isRoot();
        }
    }

    /** Beside the two areas, where there is nothing and never will be. */
    record Nowhere() implements Location {}

    /** Makes a client's path absolute: what is relative begins in {@code /inbound}, so that a plain put goes there. */
    static PartnerPath absolute(String path) throws SftpException {
        try {
            return PartnerPath.parse(path.startsWith("/") ? path : "/" + Area.INBOUND.folder() + "/" + path);
        } catch (IllegalArgumentException e) {
            throw SftpException.failure(
                    "not a valid path: a name is too long or holds a character that is not allowed");
        }
    }

    /** Where an absolute path leads for a partner. */
    static Location of(String partner, PartnerPath path) {
        if (path.isRoot()) {
            return new Root();
        }
        for (Area area : Area.values()) {
            if (area.folder().equals(path.segments().getFirst())) {
                PartnerPath below = new PartnerPath(
                        path.segments().subList(1, path.segments().size()));
                return new Inside(new Place(partner, area, below));
            }
        }
        return new Nowhere();
    }
}

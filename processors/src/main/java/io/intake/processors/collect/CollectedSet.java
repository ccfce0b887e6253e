package io.intake.processors.collect;

import io.intake.config.Collect;
import io.intake.config.Collect.Overdue;
import io.intake.config.Collect.Part;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The record of a set, kept at {@code sets/{id}.json} and changed by compare-and-swap only: whoever makes it complete closes it
 * in the same write. Immutable and pure.
 *
 * @param id derived from partner, feed and the values of the groups that tell sets apart
 * @param generation from 1; the next one begins where sets follow one another
 * @param until when its time is up
 * @param members in the order in which they came
 * @param replaced the jobs of files that were sent again while the set was open
 * @param job of the set, once it is closed; null while it is open
 * @param complete whether it was closed to be worked on, and not to be refused
 * @param paged whether somebody was told that it is overdue
 */
record CollectedSet(
        String id,
        int generation,
        Instant until,
        List<Member> members,
        List<String> replaced,
        @Nullable String job,
        boolean complete,
        boolean paged) {
    CollectedSet {
        members = List.copyOf(members);
        replaced = List.copyOf(replaced);
    }

    /**
     * A file of a set.
     *
     * @param job its job
     * @param name a hash of its path
     * @param marker whether it only says that the set is complete
     * @param part which of the parts it is; null for none
     * @param uploadedAt tells which of two under the same path is the later one
     * @param file what stands for its name without folders; null where nothing is listed
     * @param listed what stands for the names of the files that it lists; empty where it is no list
     */
    record Member(
            String job,
            String name,
            boolean marker,
            @Nullable String part,
            Instant uploadedAt,
            @Nullable String file,
            List<String> listed) {
        Member {
            // Records from before there were lists
            listed = listed == null ? List.of() : List.copyOf(listed);
        }
    }

    static CollectedSet begin(String id, int generation, Instant until) {
        return new CollectedSet(id, generation, until, List.of(), List.of(), null, false, false);
    }

    boolean isOpen() {
        return job == null;
    }

    boolean holds(String member) {
        return replaced.contains(member)
                || members.stream().anyMatch(each -> each.job().equals(member));
    }

    /** With a file, in place of one that was put earlier under the same path; it is itself out of place if one was put later. */
    CollectedSet with(Member member) {
        List<Member> more = new ArrayList<>();
        List<String> gone = new ArrayList<>(replaced);
        Member last = member;
        for (Member each : members) {
            if (!each.name().equals(member.name())) {
                more.add(each);
            } else if (each.uploadedAt().isAfter(last.uploadedAt())) {
                gone.add(last.job());
                last = each;
            } else {
                gone.add(each.job());
            }
        }
        more.add(last);
        return new CollectedSet(id, generation, until, more, gone, job, complete, paged);
    }

    CollectedSet closed(String setJob, boolean whole) {
        return new CollectedSet(id, generation, until, members, replaced, setJob, whole, paged);
    }

    CollectedSet asPaged() {
        return new CollectedSet(id, generation, until, members, replaced, job, complete, true);
    }

    private long withData() {
        return members.stream().filter(member -> !member.marker()).count();
    }

    /** How many required parts are missing. */
    int missing(Collect rules) {
        return (int) rules.parts().stream()
                .filter(Part::required)
                .filter(part -> !present().contains(part.name()))
                .count();
    }

    private TreeSet<String> present() {
        TreeSet<String> present = new TreeSet<>();
        members.stream().map(Member::part).forEach(part -> {
            if (part != null) {
                present.add(part);
            }
        });
        return present;
    }

    /**
     * Whether nothing more is waited for: all that the rules name is there. A marker alone does not say which files it is about,
     * and events come out of order: it is best given with parts or a count. Without a marker, a count and parts only time
     * tells.
     */
    boolean isComplete(Collect rules) {
        if (withData() == 0 || missing(rules) > 0) {
            return false;
        }
        if (rules.manifest() != null) {
            return isListed();
        }
        boolean marked = rules.marker() == null || members.stream().anyMatch(Member::marker);
        if (!marked || withData() < rules.count()) {
            return false;
        }
        if (rules.marker() != null || rules.count() > 0) {
            return true;
        }
        return !rules.parts().isEmpty() && present().size() == rules.parts().size();
    }

    /** Whether the list is there, and all files that it names. */
    private boolean isListed() {
        List<String> listed =
                members.stream().flatMap(member -> member.listed().stream()).toList();
        Set<String> present = new HashSet<>();
        members.forEach(member -> {
            String file = member.file();
            if (file != null && !member.marker()) {
                present.add(file);
            }
        });
        return !listed.isEmpty() && present.containsAll(listed);
    }

    /** What is to be done now that the time is up. */
    Overdue overdue(Collect rules) {
        if (withData() == 0) {
            return rules.overdue() == Overdue.WAIT ? Overdue.WAIT : Overdue.QUARANTINE;
        }
        boolean timeTells =
                rules.manifest() == null && rules.marker() == null && rules.count() == 0 && missing(rules) == 0;
        return timeTells ? Overdue.GO_ON : rules.overdue();
    }
}

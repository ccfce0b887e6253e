package io.intake.processors.unzip;

import io.intake.processors.plan.Plan;
import java.util.ArrayList;
import java.util.List;

/** Finds planned entries in a directory that was read again. Pure. */
final class PlannedMembers {
    private PlannedMembers() {}

    /**
     * The members of a run of entries, one each.
     *
     * @param members in physical order
     * @param plan made of the same members, some of which it leaves out
     * @throws IllegalStateException if the plan is of another archive
     */
    static List<Member> find(List<Member> members, Plan plan, Plan.Run run) {
        List<Member> found = new ArrayList<>();
        int next = 0;
        for (Plan.Entry entry : plan.entries().subList(0, run.to())) {
            while (next < members.size() && !same(entry, members.get(next))) {
                next++;
            }
            if (next == members.size()) {
                throw new IllegalStateException("entry " + entry.number() + " of the plan is not in the archive");
            }
            if (entry.number() >= run.from()) {
                found.add(members.get(next));
            }
            next++;
        }
        return found;
    }

    private static boolean same(Plan.Entry entry, Member member) {
        return entry.name().equals(member.name())
                && entry.size() == member.size()
                && entry.compressedSize() == member.compressedSize()
                && entry.crc32() == member.crc32();
    }
}

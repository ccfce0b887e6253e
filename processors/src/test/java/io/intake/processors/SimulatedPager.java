package io.intake.processors;

import io.intake.processors.page.PageEvent;
import io.intake.processors.page.Pager;
import io.intake.processors.page.Pager.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** PagerDuty: incidents by their key, opened and resolved in the order in which pages come. */
final class SimulatedPager {
    private final Simulation simulation;
    private final List<PageEvent> pages = new ArrayList<>();
    private final TreeSet<String> open = new TreeSet<>();

    SimulatedPager(Simulation simulation) {
        this.simulation = simulation;
    }

    Pager.Outcome send(SimulatedRun run, PageEvent event) {
        run.point();
        if (simulation
                .faults()
                .troublesEngine(simulation.random(), simulation.clock().elapsed())) {
            return Outcome.UNAVAILABLE;
        }
        pages.add(event);
        if (event.action() == PageEvent.Action.TRIGGER) {
            open.add(event.dedupKey());
        } else {
            open.remove(event.dedupKey());
        }
        return Outcome.ACCEPTED;
    }

    List<PageEvent> pages() {
        return pages;
    }

    /** What a person would still see. */
    TreeSet<String> open() {
        return open;
    }
}

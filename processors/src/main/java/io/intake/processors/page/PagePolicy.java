package io.intake.processors.page;

import io.intake.config.PageKind;
import io.intake.config.PageSeverity;
import io.intake.config.Pager;
import io.intake.processors.page.PageEvent.Action;
import io.intake.processors.page.PageEvent.Severity;
import java.util.Optional;

/** What a page is worth by the configuration. Pure. */
public final class PagePolicy {
    /** The detail that says that a page is about a feed whose mode is test. */
    static final String MODE = "mode";

    private PagePolicy() {}

    /** The page as it is to be sent; empty if it is not. The end of an incident always is: the policy may be newer than it. */
    public static Optional<PageEvent> apply(Pager pager, PageEvent event) {
        PageKind kind = event.kind();
        if (event.action() != Action.TRIGGER) {
            return Optional.of(event);
        }
        PageSeverity worth =
                kind == null ? PageSeverity.valueOf(event.severity().name()) : pager.severity(kind);
        if ("test".equals(event.details().get(MODE))) {
            PageSeverity most = pager.severity(PageKind.TEST);
            worth = most.compareTo(worth) > 0 ? most : worth;
        }
        return switch (worth) {
            case CRITICAL -> Optional.of(event.with(Severity.CRITICAL));
            case ERROR -> Optional.of(event.with(Severity.ERROR));
            case WARNING -> Optional.of(event.with(Severity.WARNING));
            case INFO -> Optional.of(event.with(Severity.INFO));
            case NONE -> Optional.empty();
        };
    }

    /** What a kind of page is worth before the configuration is asked. */
    static Severity usual(PageKind kind) {
        return Severity.valueOf(kind.usual().name());
    }
}

package io.intake.processors.status;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The page's one style sheet, in the page itself, and its hash, by which the content security policy lets it in and nothing
 * else. Every pair of colours has a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3); nothing moves; colour only repeats
 * what a word says.
 */
final class Style {
    static final String SHEET = """
            :root{color-scheme:light dark;--page:#ffffff;--text:#1b1f24;--quiet:#57606a;--line:#6e7781;--panel:#f3f5f7;\
            --link:#0550ae;--good:#116329;--goodback:#dafbe1;--busy:#0a3069;--busyback:#ddf4ff;--warn:#6a4a00;\
            --warnback:#fff3c4;--bad:#82071e;--badback:#ffe3e0}
            @media(prefers-color-scheme:dark){:root{--page:#0d1117;--text:#e6edf3;--quiet:#9aa4af;--line:#6e7681;\
            --panel:#161b22;--link:#79c0ff;--good:#7ee787;--goodback:#12261e;--busy:#a5d6ff;--busyback:#0c2d6b;\
            --warn:#f2cc60;--warnback:#3a2d00;--bad:#ffb3ab;--badback:#4a1014}}
            *{box-sizing:border-box}
            body{margin:0;background:var(--page);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
            header,main,footer{max-width:76rem;margin:0 auto;padding:1rem}
            header{border-bottom:1px solid var(--line)}
            footer{border-top:1px solid var(--line);color:var(--quiet)}
            h1{font-size:1.5rem;margin:0;overflow-wrap:anywhere}
            h2{font-size:1.2rem;margin:1.5rem 0 .5rem}
            p{margin:.25rem 0 .75rem}
            a{color:var(--link)}
            a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,[tabindex]:focus-visible,main:focus-visible\
            {outline:3px solid var(--link);outline-offset:2px}
            .skip{position:absolute;left:-100rem;padding:.5rem 1rem;background:var(--page)}
            .skip:focus{left:.5rem;top:.5rem}
            .quiet{color:var(--quiet)}
            .wide{overflow-x:auto}
            table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
            caption{text-align:left;color:var(--quiet);padding:.25rem 0}
            th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line)}
            thead th{background:var(--panel)}
            td.number,th.number{text-align:right}
            tbody td,tbody th{white-space:nowrap}
            td a,th a{display:inline-block;min-height:1.5rem}
            .state{display:inline-block;padding:0 .5rem;border:1px solid currentcolor;border-radius:.25rem;white-space:nowrap}
            .good{color:var(--good);background:var(--goodback)}
            .busy{color:var(--busy);background:var(--busyback)}
            .warn{color:var(--warn);background:var(--warnback)}
            .bad{color:var(--bad);background:var(--badback)}
            .notice{padding:.6rem .9rem;border:1px solid currentcolor;border-left-width:.4rem;border-radius:.25rem}
            .notice ul{margin:0;padding-left:1.2rem}
            .notice a{color:inherit}
            form{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end;padding:.75rem;background:var(--panel)}
            label{display:block;font-weight:600}
            input,select,button{font:inherit;color:inherit;background:var(--page);border:1px solid var(--line);\
            border-radius:.25rem;padding:.35rem .5rem;min-height:2.25rem;max-width:100%}
            button{font-weight:600;cursor:pointer}
            dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:0}
            dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}
            code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
            @media(max-width:30rem){dl{grid-template-columns:1fr}}
            """;

    /** As the policy names it: {@code 'sha256-...'}. */
    static final String HASH = "'sha256-" + hash() + "'";

    private Style() {}

    private static String hash() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(SHEET.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

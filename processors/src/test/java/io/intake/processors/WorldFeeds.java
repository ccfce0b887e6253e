package io.intake.processors;

import java.net.URI;

/** A feed for each way through the functions. */
final class WorldFeeds {
    private WorldFeeds() {}

    /**
     * The partners' file.
     *
     * @param more feeds, as YAML
     */
    static String yaml(String more, URI engine, URI pager) {
        return """
                partners:
                  - id: st-marys
                    login:
                      public-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBd4ZrIuRBmBCAXUvfLKBuxYvT4TmBSRHY8bMHBMWyVJ batch"]
                    feeds:
                      - id: joined
                        match: 'joined/.*\\.zip'
                        tables:
                          patients: { match: patients.csv }
                          visits: { match: visits.csv }
                          results: { match: results.csv }
                        stitch:
                          root: patients
                          children:
                            - table: visits
                              on: { MRN: PATIENT }
                              orphan: unattached
                              null-key: report
                              children: [ { table: results, on: { ID: VISIT } } ]
                        deliver: { engine: lab, batch: 3 }
                      - id: checked
                        match: 'checked/.*\\.zip'
                        tables:
                          patients:
                            match: '.*patients.*\\.csv'
                            bad-rows: reject
                            columns:
                              - { name: MRN, required: true, filled: true, type: integer }
                              - { name: DOB, type: date }
                          visits: { match: '.*visits.*\\.csv' }
                        controls: { max-reject-rows: 50%% }
                        deliver: { engine: lab, batch: 3 }
                      - id: keyed
                        match: 'keyed/.*\\.csv'
                        tables:
                          patients:
                            match: '.*'
                            key: [MRN, SITE]
                            empty: refuse
                            columns: [ { name: MRN, required: true }, { name: SITE, required: true } ]
                        deliver: { engine: lab, batch: 3 }
                      - id: measured
                        match: 'measured/.*\\.csv'
                        controls: { max-shrink: { percent: 40, files: 3 }, same-bytes: skip }
                        deliver: { engine: lab, batch: 3 }
                      - id: looked-at
                        match: 'looked-at/.*\\.csv'
                        controls: { same-bytes: { policy: hold, days: 2 } }
                        deliver: { engine: lab, batch: 3 }
                      - id: whole
                        match: 'whole/.*'
                        deliver: { engine: lab, as: file, content-type: application/hl7-v2, max-bytes: 1 KiB }
                      - id: members
                        match: 'members/.*'
                        deliver: { engine: lab, as: members, content-type: application/pdf, max-bytes: 1 KiB }
                      - id: locked
                        match: 'locked/.*'
                        decrypt: { zip-password: ["secret:st-marys/new", "secret:st-marys/old"] }
                        deliver: { engine: lab, batch: 3 }
                      - id: daily
                        match: 'daily/.*\\.zip'
                        deliver: { engine: lab, batch: 3 }
                        receipts: [received, delayed, rejected, delivered]
                %s
                engines:
                  lab: { type: http, url: "%s" }
                pager: { routing-key: "0123456789abcdef0123456789abcdef", endpoint: "%s" }
                """.formatted(more.stripTrailing(), engine, pager);
    }
}

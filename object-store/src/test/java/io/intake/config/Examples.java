package io.intake.config;

/** A configuration that uses every key once, and a public key. */
final class Examples {
    static final String PUBLIC_KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICXdN2sO8Chsk5e7x8IQSxat" + "WUQ2T+8w1119imVhF69u batch@st-marys";

    /** Line 1 is {@code partners:}. */
    static final String EVERY_KEY = """
            partners:
              - id: st-marys
                login:
                  public-keys: ["KEY"]
                feeds:
                  - id: daily
                    match: 'daily/.*\\.zip'
                    container: { limits: { entries: 10, bytes: 2 GiB, ratio: 5 } }
                    format: { delimiter: ";", quote: none, header: each, charset: latin1 }
                    tables:
                      patients:
                        match: 'p(?<n>\\d+)\\.csv'
                        parts: { order: n }
                        required: true
                        format: { delimiter: auto, header: [MRN, NAME] }
                        columns: [ { name: MRN, aliases: [Id, "Patient Id"], required: true } ]
                      visits:
                        match: 'v.csv'
                    deliver: { engine: lake, batch: 5 }
                    receipts: [delivered, received]
            engines:
              lake:
                type: http
                url: http://lake.example/in
                authorization: Bearer T0KEN
                timeout: 45s
            pager:
              routing-key: secret:pagerduty/routing-key
              endpoint: https://events.example/v2/enqueue
            """.replace("KEY", PUBLIC_KEY);

    private Examples() {}
}

package dev.rekindle.events.webhooks;

/** The ways there are. */
record Carriers(Carrier webhook, Carrier push, Carrier email) {
    Carrier of(Kind kind) {
        return switch (kind) {
            case WEBHOOK -> webhook;
            case PUSH -> push;
            case EMAIL -> email;
        };
    }
}

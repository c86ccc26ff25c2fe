package dev.rekindle.embedded.stripe;

import com.google.gson.JsonObject;

/** A refusal in the form of Stripe's own. */
final class StripeError extends RuntimeException {
    private final int status;
    private final String type;
    private final String code;

    StripeError(int status, String type, String code, String message) {
        super(message);
        this.status = status;
        this.type = type;
        this.code = code;
    }

    int status() {
        return status;
    }

    JsonObject toJson() {
        JsonObject error = new JsonObject();
        error.addProperty("type", type);
        error.addProperty("code", code);
        error.addProperty("message", getMessage());
        JsonObject body = new JsonObject();
        body.add("error", error);
        return body;
    }
}

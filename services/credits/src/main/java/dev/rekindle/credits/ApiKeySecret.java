package dev.rekindle.credits;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * The secret of an API key: 256 random bits behind a word that says what they are, so that scanners of leaked secrets
 * find it. Nobody can guess one, so a plain digest keeps it as well as a slow one would.
 */
record ApiKeySecret(String text) {
    private static final String WORD = "rk_";
    private static final int RANDOM_BYTES = 32;
    private static final int PREFIX_LENGTH = WORD.length() + 6;

    static ApiKeySecret random(SecureRandom random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return new ApiKeySecret(WORD + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** The first characters: too few to help anybody guess the rest. */
    String prefix() {
        return text.substring(0, PREFIX_LENGTH);
    }

    byte[] digest() {
        return Digests.sha256(text);
    }

    @Override
    public String toString() {
        return WORD + "***";
    }
}

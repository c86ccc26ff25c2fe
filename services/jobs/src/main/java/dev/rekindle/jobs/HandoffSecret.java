package dev.rekindle.jobs;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * What lets a device in: the code it reads from a screen, then the token it gets for it. Nobody can guess one within its
 * life, so a plain digest keeps it.
 */
record HandoffSecret(String text) {
    private static final String WORD = "rkh_";
    private static final int TOKEN_BYTES = 32;

    /** Digits and capitals less I, L, O and U, which are misread. Five bits each. */
    private static final String LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static final int CODE_LETTERS = 12;

    /** 60 bits: a billion guesses a second find one in 18 years, and a code is good for minutes. */
    static HandoffSecret code(SecureRandom random) {
        StringBuilder code = new StringBuilder();
        for (int i = 0; i < CODE_LETTERS; i++) {
            code.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return new HandoffSecret(code.toString());
    }

    static HandoffSecret token(SecureRandom random) {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        return new HandoffSecret(WORD + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    byte[] digest() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "***";
    }
}

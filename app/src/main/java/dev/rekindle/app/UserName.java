package dev.rekindle.app;

import java.util.regex.Pattern;

/** Names of users as commands take them: those the embedded sign-in has tokens for. */
final class UserName {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@|-]{1,64}");

    private UserName() {}

    /**
     * The name, if it can be one.
     *
     * @throws CannotStart saying which argument holds what, and what was expected
     */
    static String checked(String argument, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new CannotStart(
                    argument + " is \"" + name + "\"; expected 1 to 64 letters, digits and any of . _ @ | -");
        }
        return name;
    }
}

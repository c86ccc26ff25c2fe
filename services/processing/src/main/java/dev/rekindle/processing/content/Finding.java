package dev.rekindle.processing.content;

/**
 * What the operator's service says of a picture.
 *
 * @param reason in its words, for operators; may be empty
 */
public record Finding(Verdict verdict, String reason) {
    static final Finding NOTHING = new Finding(Verdict.ALLOW, "");

    /** What is to be done with the photo. */
    public enum Verdict {
        ALLOW,
        /** An operator is to look at it; meanwhile it is a photo like others. */
        FLAG,
        /** It is not to be used or shown until an operator has decided. */
        REFUSE
    }
}

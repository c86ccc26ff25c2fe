package dev.rekindle.platform.telemetry;

/** Whether one thing a process depends on works. */
public interface HealthCheck {
    /** What is checked: "postgres", "redis", "s3", … */
    String name();

    /** Returns if it works, throws if not. It must end within two seconds or be taken for broken. */
    void check() throws Exception;

    /** A check of that name. */
    static HealthCheck of(String name, Check check) {
        return new HealthCheck() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void check() throws Exception {
                check.run();
            }
        };
    }

    /** The body of a check. */
    @FunctionalInterface
    interface Check {
        void run() throws Exception;
    }
}

package dev.rekindle.platform.telemetry;

/** Whether one thing a process depends on works. */
public interface HealthCheck {
    /** What is checked: "postgres", "redis", "s3", … */
    String name();

    /** Returns if it works, throws if not. It must end within two seconds or be taken for broken. */
    void check() throws Exception;

    /** True if the process is of no use while this does not work. */
    default boolean required() {
        return true;
    }

    /** The same check of something without which the process still serves: a failure is told and does not count. */
    default HealthCheck optional() {
        HealthCheck check = this;
        return new HealthCheck() {
            @Override
            public String name() {
                return check.name();
            }

            @Override
            public void check() throws Exception {
                check.check();
            }

            @Override
            public boolean required() {
                return false;
            }
        };
    }

    /** What does not work, in words that may be told to everybody. */
    final class Degraded extends RuntimeException {
        public Degraded(String what) {
            super(what);
        }
    }

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

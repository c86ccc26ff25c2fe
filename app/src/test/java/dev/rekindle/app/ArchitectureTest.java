package dev.rekindle.app;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.rekindle.jobs.v1.JobKind;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which room may know which: the arrows of ARCHITECTURE.md. */
class ArchitectureTest {
    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.rekindle");
    }

    @Test
    void the_platform_knows_no_room() {
        noClasses()
                .that()
                .resideInAPackage("dev.rekindle.platform..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.rekindle.jobs..",
                        "dev.rekindle.credits..",
                        "dev.rekindle.events..",
                        "dev.rekindle.processing..",
                        "dev.rekindle.queue..",
                        "dev.rekindle.gateway..",
                        "dev.rekindle.embedded..",
                        "dev.rekindle.app..")
                .check(classes);
    }

    @Test
    void the_queue_knows_ids_and_bytes_only() {
        noClasses()
                .that()
                .resideInAPackage("dev.rekindle.queue..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                "dev.rekindle.jobs..",
                                "dev.rekindle.credits..",
                                "dev.rekindle.events..",
                                "dev.rekindle.gateway..")
                        // The kinds of work that the contract names are also the names of the queue's waiting lines.
                        .and(not(type(JobKind.class))))
                .check(classes);
    }

    @Test
    void services_know_each_other_by_their_contracts_only() {
        for (String service : new String[] {"jobs", "credits", "events", "processing", "gateway"}) {
            for (String other :
                    new String[] {"jobs", "credits", "events", "processing", "gateway", "app", "embedded"}) {
                if (!service.equals(other)) {
                    noClasses()
                            .that()
                            .resideInAnyPackage("dev.rekindle." + service, "dev.rekindle." + service + ".(*)..")
                            .and()
                            .resideOutsideOfPackage("dev.rekindle." + service + ".v1..")
                            .should()
                            .dependOnClassesThat(resideInAPackage("dev.rekindle." + other + "..")
                                    .and(resideOutsideOfPackage("dev.rekindle." + other + ".v1..")))
                            .allowEmptyShould(true)
                            .check(classes);
                }
            }
        }
    }

    @Test
    void only_services_with_a_database_speak_sql() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.rekindle.processing..", "dev.rekindle.gateway..", "dev.rekindle.queue..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.jooq..", "java.sql..", "dev.rekindle.platform.db..")
                .check(classes);
    }
}

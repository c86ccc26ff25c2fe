package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.type.Date;
import dev.rekindle.platform.rpc.Failure;
import java.time.LocalDate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which days a report can be asked of. */
@Tag("CR-08")
class ReportDaysTest {
    private static Date date(int year, int month, int day) {
        return Date.newBuilder().setYear(year).setMonth(month).setDay(day).build();
    }

    @Test
    void a_day_is_taken_as_it_is() {
        assertThat(Reports.day("from", date(2028, 2, 29))).isEqualTo(LocalDate.of(2028, 2, 29));
    }

    @ParameterizedTest
    @CsvSource({"999999999,1,1", "300000,1,1", "-1,1,1", "1999,12,31", "2027,2,29", "2027,13,1", "2027,0,1", "2027,1,0"
    })
    void what_is_no_day_or_far_away_is_refused_by_its_field(int year, int month, int day) {
        Failure failure = catchThrowableOfType(Failure.class, () -> Reports.day("from", date(year, month, day)));
        assertThat(failure.violations().getFirst().field()).isEqualTo("from");
        assertThat(failure.message())
                .contains("is " + year + "-" + month + "-" + day)
                .contains("2000 to 9998");
    }
}

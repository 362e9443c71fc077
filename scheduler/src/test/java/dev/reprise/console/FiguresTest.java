package dev.reprise.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Shows;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          0,               0 s
          1,               0.1 ms
          400000,          0.4 ms
          999999,          1.0 ms
          3000000,         3 ms
          99400000,        99 ms
          99600000,        0.10 s
          310000000,       0.31 s
          994900000,       0.99 s
          996000000,       1.0 s
          4200000000,      4.2 s
          59940000000,     59.9 s
          59960000000,     1m00s
          131000000000,    2m11s
          11520000000000,  3h12m
          187200000000000, 2d04h
          """)
  void duration_anyLength_isShortAndHasItsUnit(long nanos, String text) {
    assertThat(Figures.duration(nanos)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          0,          0 B
          999,        999 B
          1000,       1.0 KiB
          1434,       1.4 KiB
          325058560,  310 MiB
          2254857830, 2.1 GiB
          """)
  void bytes_anySize_isShortAndHasItsUnit(long bytes, String text) {
    assertThat(Figures.bytes(bytes)).isEqualTo(text);
  }

  @Test
  @Shows("Fault 69")
  void count_otherLocale_isTheSame() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG"));
      assertThat(Figures.count(1_204, "unit")).isEqualTo("1,204 units");
      assertThat(Figures.duration(310_000_000)).isEqualTo("0.31 s");
    } finally {
      Locale.setDefault(before);
    }
  }
}

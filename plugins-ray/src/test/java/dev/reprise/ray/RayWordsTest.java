package dev.reprise.ray;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** FAULTS 8: what Ray cannot say is said here. */
class RayWordsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Unrecognized metadata [50, 51] | its node died (Ray's error 23)
          Unrecognized metadata [50, 50] | Ray killed it, since its node had no memory left (Ray's error 22)
          Unrecognized metadata [56]     | its result was lost with the node that had it (Ray's error 8)
          Unrecognized metadata [57, 57] | killed, or a crash (Ray's error 99)
          gone                           | killed, out of memory, or a crash in native code (Ray says: gone)
          """)
  void of_whatRayThrows_isSaidForPeople(String thrown, String expected) {
    assertThat(RayWords.of(new IllegalArgumentException(thrown))).isEqualTo(expected);
  }
}

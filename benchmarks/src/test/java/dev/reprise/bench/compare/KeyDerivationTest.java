package dev.reprise.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import dev.reprise.cache.fingerprint.Hasher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys, against the digests of the bytes that they are made of. */
class KeyDerivationTest {
  @ParameterizedTest
  @EnumSource
  void bothSides_ofAnyPattern_comeToTheSameKeys(Pattern pattern) throws Exception {
    try (KeyDerivation comparison = new KeyDerivation(new Shape(pattern, 8, 4, 0))) {
      for (int round = 0; round < 2; round++) {
        assertThat(comparison.ours()).isPositive();
        assertThat(comparison.peer()).isPositive();
      }
    }
  }

  @Test
  void peer_digestsOtherBytes_isFound() throws Exception {
    try (KeyDerivation comparison =
        new KeyDerivation(
            new Shape(Pattern.STENCIL_1D, 8, 4, 0),
            records -> {
              byte[] digests = records.digests();
              digests[digests.length - 1] ^= 1;
              return digests;
            })) {
      assertThat(comparison.ours()).isPositive();
      assertThatIllegalStateException()
          .isThrownBy(comparison::peer)
          .withMessageMatching("the peer's key of unit \\d+ is another");
    }
  }

  @Test
  void peer_leavesARecordOut_isFound() throws Exception {
    try (KeyDerivation comparison =
        new KeyDerivation(new Shape(Pattern.STENCIL_1D, 8, 4, 0), records -> new byte[32])) {
      assertThatIllegalStateException()
          .isThrownBy(comparison::peer)
          .withMessageStartingWith("the peer made 32 bytes of ");
    }
  }

  @Test
  void records_ofWork_areWhatItDigestedPieceByPiece() throws Exception {
    DigestRecords records =
        DigestRecords.of(
            () -> {
              Hasher hasher = new Hasher();
              hasher.putBoolean(true).finish();
              hasher.putLong(1).finish();
            });

    assertThat(records.count()).isEqualTo(2);
    assertThat(records.size()).isEqualTo(2 + 9);
    assertThat(records.digests())
        .startsWith(new Hasher().putBoolean(true).finish().bytes())
        .endsWith(new Hasher().putLong(1).finish().bytes());
  }
}

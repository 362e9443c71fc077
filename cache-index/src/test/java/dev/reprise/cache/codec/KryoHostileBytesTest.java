package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.ChildJvm;
import dev.reprise.cache.testing.SeededTest;
import java.util.List;
import java.util.Random;

/** FAULTS §7.1: bytes that pass the digest check because somebody made them so. */
class KryoHostileBytesTest {
  @SeededTest(seeds = 1)
  void decode_bombsAndDamage_areRefusedInLittleMemory(Random random) throws Exception {
    ChildJvm.Outcome child =
        ChildJvm.run(
            List.of("-Xmx64m", "-Xss512k"),
            DecodeHostileObjects.class,
            Long.toString(random.nextLong()));

    assertThat(child.output()).isEqualTo("done\n");
  }
}

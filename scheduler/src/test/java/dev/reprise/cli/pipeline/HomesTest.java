package dev.reprise.cli.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.console.ManualTime;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class HomesTest {
  @Test
  void waiting_toldEverySecond_isSaidAtOnceAndThenEveryHalfMinute() {
    ManualTime time = new ManualTime();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Consumer<String> waiting = Homes.waiting(new PrintStream(err, true, UTF_8), time);

    for (int second = 0; second <= 65; second++) {
      waiting.accept(second + " s");
      time.pass(Duration.ofSeconds(1));
    }

    assertThat(err.toString(UTF_8).lines())
        .containsExactly("waiting: 0 s", "waiting: 30 s", "waiting: 60 s");
  }
}

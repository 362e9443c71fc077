package dev.reprise.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Fuzzer;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason.Code;
import dev.reprise.run.Pipelines;
import dev.reprise.run.RunState;
import dev.reprise.run.ScriptedRun;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Any file is a journal all of which can be read, or is refused in our words. */
final class JournalFuzzTest implements Fuzzer {
  private static final String RUN = "20261121-072007-7f3a";
  private static final Clock CLOCK = Clock.fixed(ScriptedRun.START.plusSeconds(3), ZoneOffset.UTC);

  private final Path folder;

  /** A whole journal, and one that names it. */
  private final byte[] base;

  private final byte[] onBase;

  JournalFuzzTest() throws IOException {
    folder = Files.createTempDirectory("fuzz");
    Path run = Files.createDirectories(folder.resolve(RUN));
    folder.toFile().deleteOnExit(); // the last first
    run.toFile().deleteOnExit();
    RunHistory.journal(run).toFile().deleteOnExit();
    link().toFile().deleteOnExit();
    JournalBases bases = JournalBases.usual();
    base = written(wide(), bases, "base");
    onBase = written(wide(), bases, "on-base");
  }

  private Path link() {
    return folder.resolve(RUN).resolve("base-1.journal");
  }

  private static ScriptedRun wide() {
    String[] labels = IntStream.range(0, 300).mapToObj(Integer::toString).toArray(String[]::new);
    return new ScriptedRun(RUN, Pipelines.flights()).units("months", "").units("clean", labels);
  }

  private byte[] written(ScriptedRun run, JournalBases bases, String name) throws IOException {
    Path at = folder.resolve(name);
    run.play(new JournalWriter(at, CLOCK, bases));
    byte[] bytes = Files.readAllBytes(RunHistory.journal(at));
    at.toFile().deleteOnExit(); // the last first
    try (Stream<Path> files = Files.list(at)) {
      files.forEach(each -> each.toFile().deleteOnExit());
    }
    return bytes;
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (boolean warm : new boolean[] {true, false}) {
      ScriptedRun run = Pipelines.warm(RUN);
      if (!warm) {
        run.unit("clean", 1).ran(Code.ARG_CHANGED, "late-minutes");
        run.unit("clean", 4).failed(new IllegalStateException("bad", new IOException("deep")));
        run.unit("delays", 0).ended(Outcome.SHARED, Code.NO_ENTRY, "");
        run.unit("delays", 4).ended(Outcome.SKIPPED, Code.UPSTREAM_FAILED, "clean");
        run.ends(RunState.FAILED, 1, "step 'clean' failed");
      }
      seeds.add(written(run, JournalBases.none(), "seed-" + warm));
    }
    seeds.add(onBase);
    seeds.add(base);
    return seeds;
  }

  @Override
  public void check(byte[] any) throws IOException {
    checkJournal(any, base);
    checkJournal(sealed(any), base);
    checkJournal(onBase, any);
    checkJournal(onBase, sealed(any));
  }

  private void checkJournal(byte[] any, byte[] named) throws IOException {
    Path journal = RunHistory.journal(folder.resolve(RUN));
    Files.write(journal, any);
    Files.write(link(), named);
    try {
      for (RecordedStep step : JournalReader.read(journal).steps()) {
        for (int i = 0; i < Math.min(step.units(), 1_000); i++) {
          assertThat(step.unit(i)).isNotNull();
        }
      }
      JournalReader.readBrief(journal);
      JournalReader.forEachUse(journal, (key, at) -> {}, () -> true, false);
    } catch (IOException e) {
      assertThat(String.valueOf(e.getMessage()).replace(journal.toString(), ""))
          .as("more than the name of the file")
          .contains("journal");
    }
  }

  /** The bytes with the beginning, lengths and checksums of a journal. */
  private static byte[] sealed(byte[] any) {
    byte[] sealed = any.clone();
    byte[] magic = JournalFormat.magic();
    System.arraycopy(magic, 0, sealed, 0, Math.min(magic.length, sealed.length));
    ByteBuffer frames = ByteBuffer.wrap(sealed);
    int at = magic.length;
    while (at + JournalFormat.FRAME_BYTES < sealed.length) {
      int from = at + JournalFormat.FRAME_BYTES;
      int size = Math.floorMod(frames.getInt(at), sealed.length - from + 1);
      byte[] payload = new byte[size];
      System.arraycopy(sealed, from, payload, 0, size);
      frames.putInt(at, size).putInt(at + 4, JournalFrames.checksum(payload, size));
      at = from + size;
    }
    return sealed;
  }
}

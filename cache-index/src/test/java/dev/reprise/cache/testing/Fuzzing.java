package dev.reprise.cache.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.Jazzer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Searches for bytes of which a {@link Fuzzer} does not hold, led by the code that they reach, in a
 * JVM of its own: for {@code -Dreprise.fuzz.seconds}, 10 by default, and ten minutes under {@code
 * -Pstress}, from {@code -Dreprise.fuzz.seed}, 1 by default, and any under {@code -Pstress}. An
 * input that takes 30 s, or more than the heap, fails as well.
 */
public final class Fuzzing {
  private static final String FOUND = "found-";

  private Fuzzing() {}

  /**
   * Fails if there are such bytes, and prints them: add them to {@link Fuzzer#seeds}.
   *
   * @param folder empty, for inputs
   */
  public static void assertHolds(Class<? extends Fuzzer> fuzzer, Path folder) throws Exception {
    Path corpus = Files.createDirectory(folder.resolve("corpus"));
    int number = 0;
    for (byte[] seed : create(fuzzer.getName()).seeds()) {
      Files.write(corpus.resolve("seed-" + number++), seed);
    }
    ChildJvm.Outcome end =
        ChildJvm.run(
            List.of("-Xmx512m", "-XX:+EnableDynamicAgentLoading"),
            Jazzer.class,
            "--target_class=" + Target.class.getName(),
            "--target_args=" + fuzzer.getName(),
            "--instrumentation_includes=dev.reprise.**",
            "--reproducer_path=" + folder,
            "-artifact_prefix=" + folder.resolve(FOUND),
            "-max_total_time=" + seconds(),
            "-seed=" + seed(),
            "-timeout=30",
            "-rss_limit_mb=3000",
            "-print_final_stats=1",
            corpus.toString());
    assertThat(found(folder)).as("%s fails: %s", fuzzer, tail(end.output())).isEmpty();
    assertThat(end.exit()).as(tail(end.output())).isZero();
    assertThat(end.output()).containsPattern("stat::new_units_added: +[1-9]"); // it is led
  }

  private static String seconds() {
    String stress = Boolean.getBoolean("reprise.stress") ? "600" : "10";
    return System.getProperty("reprise.fuzz.seconds", stress);
  }

  /** A build searches where it searched before: what is found anew is found under stress. */
  private static String seed() {
    int any = new SecureRandom().nextInt(1, Integer.MAX_VALUE);
    return System.getProperty(
        "reprise.fuzz.seed", Boolean.getBoolean("reprise.stress") ? String.valueOf(any) : "1");
  }

  private static List<String> found(Path folder) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(file -> name(file).startsWith(FOUND)).sorted().toList()) {
        found.add(HexFormat.of().formatHex(Files.readAllBytes(file)));
      }
    }
    return found;
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static String tail(String output) {
    return output.substring(Math.max(0, output.length() - 6_000));
  }

  private static Fuzzer create(String type) throws ReflectiveOperationException {
    var constructor = Class.forName(type).asSubclass(Fuzzer.class).getDeclaredConstructor();
    constructor.setAccessible(true);
    return constructor.newInstance();
  }

  /** What Jazzer calls, by these names. */
  public static final class Target {
    private static Fuzzer fuzzer = new None();

    private Target() {}

    public static void fuzzerInitialize(String[] args) throws ReflectiveOperationException {
      fuzzer = create(args[0]);
      // what its first refusal would load, in whose time, on a busy machine, nothing should fall
      assertThat(new IOException()).isInstanceOf(IOException.class);
    }

    public static void fuzzerTestOneInput(byte[] any) throws Exception {
      fuzzer.check(any);
    }
  }

  private static final class None implements Fuzzer {
    @Override
    public List<byte[]> seeds() {
      return List.of();
    }

    @Override
    public void check(byte[] any) {
      throw new IllegalStateException(new String(any, UTF_8));
    }
  }
}

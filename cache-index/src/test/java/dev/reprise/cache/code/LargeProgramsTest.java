package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Sizes that break a careless walk. */
class LargeProgramsTest {
  private static final int DEEP = 10_000;

  @Test
  void closure_chainOfTenThousandMethods_isFollowedToItsEnd() {
    String links =
        IntStream.range(0, DEEP)
            .mapToObj(i -> "static int m" + i + "() { return m" + (i + 1) + "(); }")
            .collect(Collectors.joining("\n"));
    Program program =
        Program.of(
            "class Delays { static int task() { return m0(); }\n"
                + links
                + "static int m"
                + DEEP
                + "() { return 11; } }");
    CodeFingerprint before = program.fingerprint();
    assertThat(before.parts()).hasSizeGreaterThan(DEEP);
    assertThat(CodeDifference.between(before, program.edit("return 11", "return 12").fingerprint()))
        .extracting(CodeDifference::toString)
        .containsExactly("com.acme.Delays#m10000() changed");
  }

  @Test
  void closure_lambdasNestedDeeply_areFollowed() {
    String body = "11";
    for (int i = 0; i < 70; i++) {
      body = "call(() -> " + body + ")";
    }
    Program program =
        Program.of(
            "import java.util.function.*; class Delays { static int task() { return "
                + body
                + "; } static int call(IntSupplier s) { return s.getAsInt(); } }");
    assertThat(program.edit("11", "12").fingerprint()).isNotEqualTo(program.fingerprint());
  }

  @Test
  void closure_longMethodWithManyBranches_isReadInTime() {
    String body =
        IntStream.range(0, 1_500)
            .mapToObj(i -> "if (x > " + i + ") { int y = x * " + i + "; sum += y; }")
            .collect(Collectors.joining("\n"));
    Program program =
        Program.of(
            "class Delays { static int task(int x) { int sum = 0;\n" + body + "return sum; } }");
    assertThat(program.fingerprint()).isEqualTo(program.compiledWith("-g:none").fingerprint());
  }
}

package dev.reprise.cache.code;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.signature.SignatureReader;
import org.objectweb.asm.signature.SignatureVisitor;

/** The classes that the type of a field or method names, those in angle brackets included. */
final class SignatureTypes extends SignatureVisitor {
  private final Set<String> names = new LinkedHashSet<>();
  private String current = "";

  private SignatureTypes() {
    super(Opcodes.ASM9);
  }

  /**
   * @param descriptor of a method
   * @param signature with generic types; null if there are none
   */
  static Set<String> ofMethod(String descriptor, @Nullable String signature) {
    return of(descriptor, signature, SignatureReader::accept);
  }

  /**
   * @param descriptor of a field
   * @param signature with generic types; null if there are none
   */
  static Set<String> ofField(String descriptor, @Nullable String signature) {
    return of(descriptor, signature, SignatureReader::acceptType);
  }

  /** What a class gives its superclass in angle brackets, with the superclass. */
  static Set<String> ofSuperclass(ClassFile file) {
    String signature = file.node().signature;
    if (signature == null) {
      return Set.of();
    }
    SignatureTypes types = new SignatureTypes();
    SignatureVisitor ofSuperclass =
        new SignatureVisitor(Opcodes.ASM9) {
          @Override
          public SignatureVisitor visitSuperclass() {
            return types;
          }
        };
    try {
      new SignatureReader(signature).accept(ofSuperclass);
    } catch (RuntimeException e) {
      return Set.of(); // an obfuscator's, which no reflection reads either
    }
    return types.names;
  }

  private static Set<String> of(
      String descriptor,
      @Nullable String signature,
      BiConsumer<SignatureReader, SignatureVisitor> parser) {
    SignatureTypes types = new SignatureTypes();
    if (signature != null) {
      try {
        parser.accept(new SignatureReader(signature), types);
        return types.names;
      } catch (RuntimeException e) {
        types = new SignatureTypes(); // an obfuscator's, which the JVM does not look at
      }
    }
    parser.accept(new SignatureReader(descriptor), types);
    return types.names;
  }

  @Override
  public void visitClassType(String name) {
    current = name;
    names.add(name);
  }

  @Override
  public void visitInnerClassType(String name) {
    current = current + "$" + name;
    names.add(current);
  }
}

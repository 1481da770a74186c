# A formula for a tap of one's own. UNTESTED: there is no Homebrew where Sparring is developed, and no release to take the archive
# from. Fill in OWNER, the version and both checksums; `brew audit --strict` and `brew test` come before anybody uses it.
class Sparring < Formula
  desc "Mock OpenAI server and conformance kit: scripted answers and failures, on cue"
  homepage "https://github.com/OWNER/sparring"
  version "0.1.0"
  license "Apache-2.0"

  on_linux do
    # The packed program of `make dist`; it needs glibc 2.35, which Homebrew brings where the system has an older one.
    url "https://github.com/OWNER/sparring/releases/download/v0.1.0/sparring-0.1.0-linux-x86_64.tar.gz"
    sha256 "0000000000000000000000000000000000000000000000000000000000000000"
    depends_on arch: :x86_64
  end

  on_macos do
    url "https://github.com/OWNER/sparring/archive/refs/tags/v0.1.0.tar.gz"
    sha256 "0000000000000000000000000000000000000000000000000000000000000000"
    depends_on xcode: ["26.0", :build]
    depends_on macos: :sequoia
  end

  def install
    if OS.linux?
      bin.install "sparring"
      man1.install Dir["share/man/man1/*.1"]
    else
      system "swift", "build", "--configuration", "release", "--disable-sandbox", "--product", "sparring"
      bin.install ".build/release/sparring"
    end
    generate_completions_from_executable(bin/"sparring", "--generate-completion-script")
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/sparring --version")
    assert_match "played to its end", shell_output("#{bin}/sparring run -- true 2>&1")
  end
end

#include "client/command/completion.h"

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/command/arguments.h"

namespace vtlookup {
namespace {

// Completes the words of the command that is on the line, and names of files.
// The words need no quotes, because they come from our own vocabulary and have
// no blanks or special characters of a shell.
constexpr char kBash[] = R"sh(# bash completion for vtlookup
_vtlookup() {
  local word=${COMP_WORDS[COMP_CWORD]} command= each
  # bash takes the = of an option for a word of its own.
  if [[ $word == = ]]; then
    word=${COMP_WORDS[COMP_CWORD-1]}=
  elif ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[COMP_CWORD-1]} == = ]]; then
    word=${COMP_WORDS[COMP_CWORD-2]}=$word
  fi
  local words="$(_vtlookup_words '')"
  COMPREPLY=()
  for each in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    each="${command:+$command }$each"
    if [ -n "$(_vtlookup_words "$each")" ]; then command=$each; fi
  done
  # Without a command, the options of lookups may stand here, too.
  words="$(_vtlookup_words "${command:-lookup}") $words"
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if [[ $word == --*=* ]]; then
    COMPREPLY=("${COMPREPLY[@]#--*=}")
    [[ -n "${COMPREPLY[*]}" ]] || COMPREPLY=($(compgen -f -- "${word#*=}"))
  elif [[ ${#COMPREPLY[@]} -eq 0 ]]; then
    COMPREPLY=($(compgen -f -- "$word"))
  fi
  [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
  return 0
}
complete -F _vtlookup vtlookup
)sh";

constexpr char kZsh[] = R"sh(#compdef vtlookup
_vtlookup() {
  local command= each
  for each in "${(@)words[2,CURRENT-1]}"; do
    each="${command:+$command }$each"
    if [ -n "$(_vtlookup_words "$each")" ]; then command=$each; fi
  done
  local -a candidates
  candidates=(${=$(_vtlookup_words "${command:-lookup}")} ${=$(_vtlookup_words '')})
  compadd -S '' -- ${(M)candidates:#*=}
  compadd -- ${candidates:#*=}
  _files
}
compdef _vtlookup vtlookup
)sh";

constexpr char kFish[] = R"sh(# fish completion for vtlookup
function __vtlookup_complete
  set -l command ''
  for each in (commandline -opc)[2..]
    set -l longer (string trim -- "$command $each")
    if test -n "$(__vtlookup_words "$longer")"
      set command $longer
    end
  end
  # Without a command, the options of lookups may stand here, too.
  if test -z "$command"
    set command lookup
  end
  string split -n ' ' -- (__vtlookup_words "$command") (__vtlookup_words '')
end
complete -c vtlookup -a '(__vtlookup_complete)'
)sh";

// Returns a fish function that prints the words of a command.
std::string FishWords(const Vocabulary& vocabulary) {
  std::string out = "function __vtlookup_words\n  switch $argv[1]\n";
  absl::StrAppend(&out, "    case ''\n      echo '",
                  absl::StrJoin(vocabulary.words, " "), "'\n");
  for (const Vocabulary::Command& command : vocabulary.commands) {
    absl::StrAppend(&out, "    case '", command.name, "'\n      echo '",
                    absl::StrJoin(command.words, " "), "'\n");
  }
  absl::StrAppend(&out, "  end\nend\n");
  return out;
}

// Returns the text of a shell function that prints the words of a command.
std::string WordsFunction(const Vocabulary& vocabulary) {
  std::string out = "_vtlookup_words() {\n  case \"$1\" in\n";
  absl::StrAppend(&out, "    '') echo '", absl::StrJoin(vocabulary.words, " "),
                  "' ;;\n");
  for (const Vocabulary::Command& command : vocabulary.commands) {
    absl::StrAppend(&out, "    '", command.name, "') echo '",
                    absl::StrJoin(command.words, " "), "' ;;\n");
  }
  absl::StrAppend(&out, "  esac\n}\n");
  return out;
}

}  // namespace

void DeclareCompletion(CLI::App& app, Arguments& arguments) {
  CLI::App* const command = app.add_subcommand(
      "completion", "Print a script that completes commands in a shell");
  command
      ->add_option_function<std::string>(
          "SHELL",
          [&arguments](const std::string& shell) {
            arguments.text = CompletionScript(shell, VocabularyOfArguments());
          },
          "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember(ShellNames()))
      ->type_name("");
}

std::vector<std::string> ShellNames() { return {"bash", "zsh", "fish"}; }

std::string CompletionScript(const std::string& shell,
                             const Vocabulary& vocabulary) {
  if (shell == "bash") return absl::StrCat(kBash, WordsFunction(vocabulary));
  if (shell == "fish") return absl::StrCat(kFish, FishWords(vocabulary));
  // `#compdef` must be the first line, so the function comes last. The shell
  // looks it up only when it is called.
  return absl::StrCat(kZsh, WordsFunction(vocabulary));
}

}  // namespace vtlookup

-- Format each group of CSL-JSON items as one bibliography. Standard input and output are JSON:
-- {groups: [text of a CSL-JSON file], csl: path, lang: BCP 47 or "", form: pandoc's writer}
-- -> [[[id, entry], …], …], in the bibliography's order.
local input = pandoc.json.decode(io.read('a'), false)
local options = pandoc.WriterOptions({wrap_text = 'none'})
local result = {}
for place, text in ipairs(input.groups) do
  local doc = pandoc.read(text, 'csljson')
  doc.meta.csl = input.csl
  if input.lang ~= '' then doc.meta.lang = input.lang end
  doc = pandoc.utils.citeproc(doc)
  local entries = pandoc.List()
  doc.blocks:walk({
    Div = function(div)
      if div.classes:includes('csl-entry') then
        local entry = pandoc.Pandoc(div.content)
        entries:insert({div.identifier, pandoc.write(entry, input.form, options)})
      end
    end,
  })
  result[place] = entries
end
io.write(pandoc.json.encode(result))

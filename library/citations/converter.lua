-- Write each HTML entry in another form: {entries: [HTML], form: pandoc's writer} -> [text].
local input = pandoc.json.decode(io.read('a'), false)
local options = pandoc.WriterOptions({wrap_text = 'none'})
local result = pandoc.List()
for place, entry in ipairs(input.entries) do
  result[place] = pandoc.write(pandoc.read(entry, 'html'), input.form, options)
end
io.write(pandoc.json.encode(result))

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0001_mails'),
    ]

    operations = [
        migrations.RenameField(
            model_name='mail',
            old_name='failures',
            new_name='tries',
        ),
    ]
